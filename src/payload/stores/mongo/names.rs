//! Names of methods and commands, by what they do.

/// Methods that delete and do not begin with a deleting verb.
pub const DELETING: &[&str] = &[
    "findOneAndDelete", "convertToCapped", "findOneAndRemove", "clearLog", "resetError",
];

/// Methods and commands about users and roles.
pub const ACCESSING: &[&str] = &[
    "createUser", "updateUser", "changeUserPassword", "createRole", "updateRole", "grantRolesToUser",
    "grantRolesToRole", "grantPrivilegesToRole", "revokeRolesFromUser", "revokeRolesFromRole",
    "revokePrivilegesFromRole", "addUser",
];

/// Methods and commands that take a server down or lock it.
pub const DISRUPTING: &[&str] = &[
    "shutdownServer", "shutdown", "fsyncLock", "stepDown", "replSetStepDown", "replSetFreeze", "killAllSessions",
    "killAllSessionsByPattern", "fsync",
];

/// Methods that read, and functions of the language that compute.
pub const READING: &[&str] = &[
    "find", "findOne", "count", "countDocuments", "estimatedDocumentCount", "distinct", "explain", "stats",
    "getIndexes", "getIndexKeys", "getIndices", "getCollectionNames", "getCollectionInfos", "getName", "getMongo",
    "getDB", "getSiblingDB", "getCollection", "getFullName", "dataSize", "storageSize", "totalSize", "totalIndexSize",
    "isCapped", "latencyStats", "validate", "version", "hello", "isMaster", "serverStatus", "serverBuildInfo",
    "serverCmdLineOpts", "hostInfo", "currentOp", "listCommands", "getUsers", "getUser", "getRoles", "getRole",
    "getProfilingStatus", "getProfilingLevel", "getReplicationInfo", "printReplicationInfo",
    "printSecondaryReplicationInfo", "printSlaveReplicationInfo", "printCollectionStats", "printShardingStatus",
    "status", "conf", "config", "watch", "getShardDistribution", "getDBNames", "getDBs", "getSearchIndexes",
    "setReadPref", "readPref", "setSecondaryOk", "getLogComponents", "help", "getLastError", "sort", "limit", "skip",
    "toArray", "forEach", "map", "pretty", "hasNext", "next", "tryNext", "batchSize", "hint", "maxTimeMS",
    "maxAwaitTimeMS", "projection", "project", "itcount", "size", "allowDiskUse", "comment", "collation", "close",
    "objsLeftInBatch", "returnKey", "showRecordId", "tailable", "addOption", "min", "max", "noCursorTimeout",
    "readConcern", "isClosed", "isExhausted", "getTimestamp", "startSession", "getDatabase", "endSession",
    "analyzeShardKey", "print", "printjson", "tojson", "tojsononeline", "stringify", "parse", "serialize",
    "deserialize", "log", "info", "error", "warn", "table", "push", "pop", "shift", "unshift", "join", "split",
    "slice", "splice", "filter", "reduce", "keys", "values", "entries", "fromEntries", "includes", "indexOf",
    "lastIndexOf", "toString", "toISOString", "toJSON", "concat", "assign", "freeze", "flatMap", "flat", "some",
    "every", "startsWith", "endsWith", "replaceAll", "trim", "toLowerCase", "toUpperCase", "padStart", "padEnd",
    "toFixed", "getTime", "now", "getFullYear", "getMonth", "getDate", "getHours", "getMinutes", "getSeconds",
    "getDay", "setDate", "setHours", "setMonth", "setMinutes", "repeat", "isArray", "from", "test", "match", "round",
    "floor", "ceil", "abs", "random", "pow", "sqrt", "valueOf", "hasOwnProperty", "charAt", "charCodeAt", "substring",
    "substr", "reverse", "fill", "findIndex", "at", "has", "isInteger", "isNaN", "create", "ObjectId", "ISODate",
    "NumberInt", "NumberLong", "NumberDecimal", "Int32", "Long", "Double", "Decimal128", "UUID", "BinData", "HexData",
    "Timestamp", "Date", "Number", "String", "Array", "Object", "Boolean", "RegExp", "Map", "Set", "Symbol", "BigInt",
    "Error", "parseInt", "parseFloat", "sleep", "use", "show", "it", "quit", "exit", "cls", "passwordPrompt",
    "DBQuery", "hex_md5", "MinKey", "MaxKey", "Code", "Math", "isObject", "then", "catch", "isValid", "bsonsize",
    "search",
];

/// Words of the language in front of a parenthesis.
pub const KEYWORDS: &[&str] = &[
    "if", "for", "while", "switch", "catch", "function", "return", "typeof", "await", "async", "of", "in", "do",
    "else", "new", "with",
];

/// What of Node a script may reach for.
pub const NODE: &[&str] = &[
    "require", "import", "process", "child_process", "globalThis", "fs",
];

/// Commands that read.
pub const READING_COMMANDS: &[&str] = &[
    "ping", "hello", "isMaster", "ismaster", "buildInfo", "buildinfo", "serverStatus", "dbStats", "dbstats",
    "collStats", "collstats", "listCollections", "listDatabases", "listIndexes", "count", "distinct", "find",
    "explain", "connectionStatus", "getParameter", "currentOp", "hostInfo", "getLog", "getCmdLineOpts",
    "replSetGetStatus", "replSetGetConfig", "usersInfo", "rolesInfo", "validate", "top", "dbHash", "connPoolStats",
    "dataSize", "whatsmyuri", "listCommands", "features", "getDefaultRWConcern", "balancerStatus", "lockInfo",
];
