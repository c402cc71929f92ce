"""Makes a SAS token as a device program would: make_token.py RESOURCE BASE64_KEY EXPIRY_SECONDS"""

import base64
import hashlib
import hmac
import sys
import urllib.parse

resource, key, expiry = urllib.parse.quote(sys.argv[1], safe=""), base64.b64decode(sys.argv[2]), sys.argv[3]
digest = hmac.new(key, f"{resource}\n{expiry}".encode(), hashlib.sha256).digest()
signature = urllib.parse.quote(base64.b64encode(digest), safe="")
print(f"SharedAccessSignature sr={resource}&sig={signature}&se={expiry}")
