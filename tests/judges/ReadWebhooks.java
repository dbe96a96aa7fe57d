// Reads lines of {"headers": …, "body": …} on standard input by the SDK of CloudEvents, and writes what it found.
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.http.HttpMessageFactory;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;

class ReadWebhooks {
    public static void main(String[] arguments) throws Exception {
        var json = new ObjectMapper();
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line; (line = lines.readLine()) != null; ) {
            var request = json.readTree(line);
            var headers = new HashMap<String, String>();
            request.get("headers").fields().forEachRemaining(one -> headers.put(one.getKey(), one.getValue().asText()));
            byte[] body = request.get("body").asText().getBytes(StandardCharsets.UTF_8);
            var event = HttpMessageFactory.createReader(headers, body).toEvent();
            var found = json.createObjectNode();
            found.put("id", event.getId()).put("type", event.getType()).put("subject", event.getSubject());
            out.println(found.set("data", json.readTree(event.getData().toBytes())));
        }
    }
}
