"""Skins: what one person's looks like, and the painters that paint it."""
