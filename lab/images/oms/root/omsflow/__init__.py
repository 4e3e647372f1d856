"""Units that docker_init.sh calls, under the names of the vendor's."""
