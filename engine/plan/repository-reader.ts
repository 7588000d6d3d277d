export type { RepositoryReader, RepositorySnapshot } from '#model/repository.js';
