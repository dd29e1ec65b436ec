"""What templates of the case system may say beyond Django's and the components."""
