/** The OCI runtime configuration (config.json) that describes the same sandbox as a spec; pure, and runs nothing. */
@org.jspecify.annotations.NullMarked
package io.nsbox.oci;
