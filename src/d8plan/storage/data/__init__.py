"""Files: reading the data folder, writing results."""
