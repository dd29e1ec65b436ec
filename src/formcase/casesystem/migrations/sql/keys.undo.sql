drop sequence casesystem_key;
