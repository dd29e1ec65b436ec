drop trigger new_revision on casesystem_code;
drop trigger new_revision on casesystem_user;
drop trigger new_revision on casesystem_heldcode;
drop trigger new_revision on casesystem_securityright;
drop trigger new_revision on casesystem_customfieldrow;
drop trigger new_revision on casesystem_installationsetting;
drop function casesystem_new_revision();
