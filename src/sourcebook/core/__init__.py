"""The ground: files, notebooks, what every room stands on."""
