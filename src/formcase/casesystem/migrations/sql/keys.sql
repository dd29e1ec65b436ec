create sequence casesystem_key as bigint start with 1000000000 minvalue 1000000000;
