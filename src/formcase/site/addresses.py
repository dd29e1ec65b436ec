"""Where the parts of an installation are, as people and service workflows are told."""


def form_service_address(web_port: int) -> str:
    """The `Url` that a service workflow takes to fetch from the built-in form service."""
    return f"https://localhost:{web_port + 1}/interact"


def case_system_address(host: str, web_port: int) -> str:
    """Where the built-in case system answers."""
    return f"{web_address(host, web_port)}OData4/"


def web_address(host: str, web_port: int) -> str:
    """The start page."""
    return f"http://{f'[{host}]' if ':' in host else host}:{web_port}/"
