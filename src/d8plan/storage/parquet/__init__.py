"""Write a dataset of many provinces: Parquet files by province and year, and what describes and proves them."""
