"""How pages look: the frame around them and the components that they are made of. Every part of Formcase that has pages
uses it; it knows none of them."""
