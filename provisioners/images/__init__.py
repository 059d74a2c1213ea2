"""Guest images: built from Debian's own packages or imported, kept by content, never changed after."""
