"""The report: one page that opens from disk, offline, and links to the pictures and to what shows a head in 3D."""
