import { hasMethods } from "../has-methods.ts";

/** What people pass that is no client, by the methods that it has, and what to pass instead. */
const unfit: readonly {
  readonly what: string;
  readonly methods: readonly string[];
  readonly instead: string;
}[] = [
  {
    what: "a connection of a pool",
    methods: ["query", "release"],
    instead: "pass the Pool itself",
  },
  {
    what: "a Kysely instance",
    methods: ["selectFrom", "executeQuery"],
    instead: "pass the Pool that its dialect was given",
  },
  {
    what: "a Prisma client",
    methods: ["$queryRawUnsafe", "$transaction"],
    instead: "pass a Pool of pg of its own, with the same connection string",
  },
  {
    what: "a Knex instance",
    methods: ["raw", "queryBuilder"],
    instead: "pass a Pool of pg of its own, with the same connection string",
  },
  {
    what: "a Sequelize instance",
    methods: ["authenticate", "define"],
    instead: "pass a Pool of pg of its own, with the same connection string",
  },
  {
    what: "a TypeORM data source",
    methods: ["createQueryRunner"],
    instead: "pass a Pool of pg of its own, with the same connection string",
  },
  {
    what: "a client of MySQL",
    methods: ["query", "execute", "format"],
    instead: "postgresStore speaks to PostgreSQL only",
  },
  {
    what: "a single Client",
    methods: ["connect", "query"],
    instead: "pass a Pool, for one connection cannot serve two requests at once",
  },
];

/** Says what a value that is no client is, and what to pass instead; empty where it is not known. */
export function describeUnfitClient(client: unknown): string {
  if (typeof client === "object" && client !== null && "$client" in client) {
    return " This is a Drizzle database: pass its client, `db.$client`.";
  }
  if (typeof client === "object" && client !== null && "$pool" in client) {
    return " This is a pg-promise database: pass its pool, `db.$pool`.";
  }
  if (hasMethods(client, "query", "transaction") && typeof client === "function") {
    return " This is Neon's client over HTTP, which has no transactions: pass Neon's `Pool`.";
  }
  const found = unfit.find(({ methods }) => hasMethods(client, ...methods));
  return found === undefined ? "" : ` This is ${found.what}: ${found.instead}.`;
}
