"""An app that ends its process where a test wants it: what a segmentation fault or a lack of memory does."""
