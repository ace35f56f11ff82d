"""The built site in a browser: what readers see, press and print."""
