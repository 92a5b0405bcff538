"""The report in a browser while it is being written: built anew after each change, served to this machine only."""
