"""Questions, one class per subject; every list pages by keyset."""
