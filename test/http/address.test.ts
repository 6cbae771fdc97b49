import assert from "node:assert/strict";
import { addressKey, clientKey } from "../../src/http/address.ts";
import { TokenBuckets } from "../../src/http/token-bucket.ts";

describe("addresses as counted", () => {
  const keys: [address: string, key: string][] = [
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["0000:0000:0000:0000:0000:ffff:c000:0201", "192.0.2.1"],
    ["::ffff:c000:201", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002::9", "2001:db8:1:2::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"],
    ["192.0.2.1:5000", "192.0.2.1"],
    ["[2001:db8:1:2::9]:5000", "2001:db8:1:2::/64"],
    ["", "unknown"],
    ["localhost", "unknown"],
  ];
  for (const [address, key] of keys)
    it(`${address || "nothing"} is ${key}`, () => assert.equal(addressKey(address), key));

  it("are the proxy's word only where it is trusted", () => {
    const headers = { "x-forwarded-for": "6.6.6.6, 192.0.2.9" };
    assert.equal(clientKey("192.0.2.1", headers, false), "192.0.2.1");
    assert.equal(clientKey("192.0.2.1", headers, true), "192.0.2.9");
    assert.equal(clientKey("192.0.2.1", {}, true), "192.0.2.1");
    assert.equal(clientKey("192.0.2.1", { "x-forwarded-for": " , " }, true), "192.0.2.1");
  });
});

describe("token buckets", () => {
  it("give their burst, then their rate", () => {
    const buckets = new TokenBuckets({ perSecond: 2, burst: 3 });
    assert.deepEqual(
      [1, 2, 3].map(() => buckets.take("a", 0)),
      [0, 0, 0],
    );
    assert.equal(buckets.take("a", 0), 500);
    assert.equal(buckets.take("a", 100), 400);
    assert.equal(buckets.take("a", 500), 0);
    assert.equal(buckets.take("b", 500), 0);
  });

  it("hold no more than their burst, however long nobody comes", () => {
    const buckets = new TokenBuckets({ perSecond: 2, burst: 3 });
    buckets.take("a", 0);
    assert.deepEqual(
      [1, 2, 3].map(() => buckets.take("a", 1e9)),
      [0, 0, 0],
    );
    assert.equal(buckets.take("a", 1e9), 500);
  });

  it("remember a bounded number of keys, those last used", () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 1 });
    assert.equal(buckets.take("busy", 0), 0);
    for (let index = 0; index < 30_000; index++) {
      buckets.take(`${index}`, 0);
      if (index % 1_000 === 0) assert.equal(buckets.take("busy", 0), 1_000);
    }
    assert.equal(buckets.size, 20_000);
  });
});
