"""What Jupyter's server warns of at every start, and what is as it should be, stays out of the terminal."""

import logging

HARMLESS = (
    "is not trusted",  # that a lesson fetched from elsewhere runs nothing by itself is right
    "websocket_ping_timeout",  # the server corrects its own default
    "No web browser found",  # the address is printed next, with what to do
)


def worth_reading(record: logging.LogRecord) -> bool:
    return not any(words in record.getMessage() for words in HARMLESS)


for name in ("ServerApp", "tornado.general"):
    logging.getLogger(name).addFilter(worth_reading)
