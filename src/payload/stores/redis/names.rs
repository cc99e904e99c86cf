//! Names of commands, by what they do.

/// Commands that only read, or that only change the connection.
pub const READING: &[&str] = &[
    "GET", "MGET", "STRLEN", "GETRANGE", "SUBSTR", "EXISTS", "TYPE", "TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME",
    "KEYS", "SCAN", "SSCAN", "HSCAN", "ZSCAN", "RANDOMKEY", "DBSIZE", "INFO", "TIME", "LASTSAVE", "ROLE", "PING",
    "ECHO", "QUIT", "AUTH", "SELECT", "HELLO", "RESET", "READONLY", "READWRITE", "ASKING", "HGET", "HMGET", "HGETALL",
    "HKEYS", "HVALS", "HLEN", "HEXISTS", "HSTRLEN", "HRANDFIELD", "HTTL", "HPTTL", "HEXPIRETIME", "LRANGE", "LLEN",
    "LINDEX", "LPOS", "SMEMBERS", "SCARD", "SISMEMBER", "SMISMEMBER", "SRANDMEMBER", "SINTER", "SUNION", "SDIFF",
    "SINTERCARD", "ZRANGE", "ZREVRANGE", "ZRANGEBYSCORE", "ZREVRANGEBYSCORE", "ZRANGEBYLEX", "ZREVRANGEBYLEX",
    "ZCARD", "ZCOUNT", "ZLEXCOUNT", "ZSCORE", "ZMSCORE", "ZRANK", "ZREVRANK", "ZRANDMEMBER", "ZINTER", "ZUNION",
    "ZDIFF", "ZINTERCARD", "XRANGE", "XREVRANGE", "XLEN", "XREAD", "XINFO", "XPENDING", "GETBIT", "BITCOUNT",
    "BITPOS", "BITFIELD_RO", "PFCOUNT", "GEOPOS", "GEODIST", "GEOHASH", "GEOSEARCH", "GEORADIUS_RO",
    "GEORADIUSBYMEMBER_RO", "OBJECT", "DUMP", "SORT_RO", "EVAL_RO", "EVALSHA_RO", "FCALL_RO", "MONITOR", "SUBSCRIBE",
    "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "PUBSUB", "WAIT", "WAITAOF", "WATCH", "UNWATCH",
    "MULTI", "EXEC", "DISCARD", "COMMAND", "LOLWUT", "LCS", "HELP", "EXIT", "CLEAR", "DIGEST", "SENTINEL",
];

/// Commands that delete keys, members or entries.
pub const DELETING: &[&str] = &[
    "DEL", "UNLINK", "GETDEL", "HDEL", "HGETDEL", "SREM", "ZREM", "LREM", "XDEL", "XDELEX", "LTRIM", "XTRIM",
    "ZREMRANGEBYRANK", "ZREMRANGEBYSCORE", "ZREMRANGEBYLEX", "DELEX",
];

/// Commands that set when a key goes, and whose second argument may say that it goes at once.
pub const EXPIRING: &[&str] = &[
    "EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT",
];

/// Commands of two words that read.
pub const READING_PAIRS: &[(&str, &[&str])] = &[
    ("CONFIG", &["GET", "HELP"]),
    ("CLIENT", &[ "LIST", "INFO", "ID", "GETNAME", "SETNAME", "SETINFO", "GETREDIR", "REPLY", "TRACKING", "TRACKINGINFO", "CACHING", "HELP", "NO-EVICT", "NO-TOUCH", ], ),
    ("CLUSTER", &[ "INFO", "NODES", "SLOTS", "SHARDS", "SLAVES", "REPLICAS", "KEYSLOT", "COUNTKEYSINSLOT", "GETKEYSINSLOT", "MYID", "MYSHARDID", "LINKS", "COUNT-FAILURE-REPORTS", "HELP", "SLOT-STATS", ], ),
    ("SCRIPT", &["EXISTS", "HELP", "DEBUG", "SHOW"]),
    ("FUNCTION", &["LIST", "DUMP", "STATS", "HELP"]),
    ("ACL", &["LIST", "USERS", "GETUSER", "CAT", "WHOAMI", "LOG", "DRYRUN", "GENPASS", "HELP"]),
    ("MEMORY", &["USAGE", "STATS", "DOCTOR", "MALLOC-STATS", "HELP"]),
    ("LATENCY", &["LATEST", "HISTORY", "DOCTOR", "GRAPH", "HISTOGRAM", "HELP"]),
    ("SLOWLOG", &["GET", "LEN", "HELP"]),
    ("MODULE", &["LIST", "HELP"]),
    ("DEBUG", &["OBJECT", "SDSLEN", "JMAP", "HELP", "ZIPLIST", "LISTPACK"]),
];

/// Settings by which a server writes a file of one's choice or runs something.
pub const PERSISTING: &[&str] = &[
    "dir", "dbfilename", "appendfilename", "requirepass", "aclfile", "loadmodule", "slave-read-only",
    "protected-mode",
];
