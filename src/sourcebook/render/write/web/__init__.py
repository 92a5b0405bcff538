"""The parts of the HTML page: claims, exhibits, the ledger's table, what the page says of itself, styles and scripts."""
