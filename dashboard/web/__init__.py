"""The web application: a JSON API, server-rendered pages, and a folium map."""
