"""The studio as an app in the browser, on Voila: a server, a kernel for each visitor, what passes between them."""
