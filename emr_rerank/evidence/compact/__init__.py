"""The models that come with the program: a cross-encoder and an encoder in 8 bits, and what runs them without torch."""
