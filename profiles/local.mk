# The profiles, installed as they lie here. See Makefile.am for the place.
dist_profiles_DATA += \
	profiles/bsd.profile \
	profiles/linux.profile \
	profiles/lwip.profile \
	profiles/rfc.profile
