"""Which organisations and industries run on what."""
