"""Where data is kept: YAML, workbooks, Parquet."""
