"""Mission file formats, pure: bytes in, records out, and back."""
