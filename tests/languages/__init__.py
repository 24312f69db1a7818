"""The words of the program in each language: collected from the source, kept in locale/, compiled, judged."""
