/** The store on PostgreSQL: any number of storage-adapters on one database. All SQL for it is here. */
@NullMarked
package dev.sealift.storage.postgres;

import org.jspecify.annotations.NullMarked;
