// Here so that the compiler sees what is meant for Apple's systems only.
