-- SPDX-License-Identifier: MIT
-- What capture needs, for Foreset and for Debezium.
GRANT SELECT, RELOAD, SHOW DATABASES, REPLICATION SLAVE, REPLICATION CLIENT, LOCK TABLES ON *.* TO 'foreset'@'%';
