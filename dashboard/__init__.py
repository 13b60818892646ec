"""The composition root: the web application, the ``umimori`` command, and what joins the stages."""
