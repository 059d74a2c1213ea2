"""What every command shares: the catalogue, lazy loading, options, output, progress and failures."""
