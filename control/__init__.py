"""Control: measures and computed relations over resolved tables. No module here reads a store."""
