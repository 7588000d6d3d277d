# The commands of operators that are made with kubebuilder, for who knows them. Each is a script of package.json;
# `install` is not called so there, because npm would run it whenever it installs the package.
SCRIPTS := build build-installer deploy docker-build generate lint manifests run test undeploy

.PHONY: $(SCRIPTS) install uninstall
$(SCRIPTS):
	@npm run --silent $@
install uninstall:
	@npm run --silent $@-crds
