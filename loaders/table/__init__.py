"""Any CSV or Parquet, mapped by a small TOML file."""
