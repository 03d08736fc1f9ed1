"""The studio as an app in the browser, on Voila: a server, a kernel for each visitor, and what may pass between them."""
