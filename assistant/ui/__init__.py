"""The browser interface. Only this package and `app.py` import Gradio."""

import os

from assistant.ui import quick_import

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
quick_import.install()
