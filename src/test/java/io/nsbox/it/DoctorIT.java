package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The doctor's specs on the real kernel. */
class DoctorIT {
    @ParameterizedTest
    @EnumSource(Identity.class)
    void whatItTriesWorksWhereTheMachinesFilesSayThatItDoes(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Running.Result result = workshop.run(workshop.nsbox(), "doctor", "--format", "json");

            assertThat(result.err()).isEmpty();
            JsonNode report = JsonMapper.shared().readTree(result.out());
            assertThat(report.get("tried").asBoolean()).isTrue();
            assertThat(report.get("keys").size()).isGreaterThan(50);
            for (JsonNode key : report.get("keys")) {
                // A reason that was tried is one that the files did not know of.
                assertThat(key.get("reason").asString()).as(key.toString()).doesNotStartWith("tried:");
                boolean ranges = key.get("reason").asString().contains("/etc/sub")
                        || key.get("reason").asString().contains("`uid_map: auto`");
                boolean undelegated = identity == Identity.USER
                        && key.get("reason").asString().startsWith("the controller ");
                assertThat(key.get("status").asString())
                        .as(key.toString())
                        .isEqualTo(ranges || undelegated ? "no" : "yes");
            }
            Leftovers.assertNoProcess(workshop.mark(), "doctor");
        }
    }
}
