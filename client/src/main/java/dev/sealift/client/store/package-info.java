/**
 * The device's store: one SQLite file for each space, with the app's rows as tables that people can query, what merging knows
 * beside them, the journal of local writes that were not packed yet, packed files that wait for their receipts, and the log.
 *
 * <p>What the log makes of rows leaves a store as blocks of the package {@code compact}, and comes into another one by {@link dev.sealift.client.store.Installing}.
 *
 * <p>{@link dev.sealift.client.store.SpaceStore} is the way in. All writing goes through its {@link
 * dev.sealift.client.store.Batch}, one at a time; reading goes beside it, on connections that cannot write. SQL and the
 * driver stay in here: the driver behind {@link dev.sealift.client.store.Db} and {@link dev.sealift.client.store.Statement}, so
 * that Android's can take the place of {@code sqlite-jdbc}.
 */
@NullMarked
package dev.sealift.client.store;

import org.jspecify.annotations.NullMarked;
