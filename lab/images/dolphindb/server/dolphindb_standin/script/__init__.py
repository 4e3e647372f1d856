"""A small part of the engine's language: what post-deploy checks, the vendor's page and its clients say in it."""
