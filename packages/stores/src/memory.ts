export { type MemoryStore, type MemoryStoreOptions, memoryStore } from "@latchhook/core/stores/memory";
