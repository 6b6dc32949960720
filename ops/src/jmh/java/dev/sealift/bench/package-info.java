/** What the cores cost: one class for each, run by the profile jmh. Figures count only on a machine that does nothing else. */
package dev.sealift.bench;
