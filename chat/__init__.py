"""A WebSocket chat: server, window and page, built to be tested."""
