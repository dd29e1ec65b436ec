// Runs before the page is drawn: what needs JavaScript shows itself only where there is some.
document.documentElement.classList.add("js");
