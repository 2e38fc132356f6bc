"""Records of the data files, and how plain data becomes records."""
