"""What a person types into the parameters, and what is said about it."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcase.sources.interact.parameters import (
    ParameterError,
    parse_certificate_thumbprint,
    parse_client_id,
    parse_form_ids,
    parse_url,
    parse_watch_interval,
)


def complaint(parse, text: str, **settings) -> ParameterError:
    with pytest.raises(ParameterError) as caught:
        parse(text, **settings)
    assert caught.value.value == text
    return caught.value


def test_form_ids_stand_between_commas_with_or_without_blanks():
    assert parse_form_ids(" 800636 ,800702,\t800711") == ("800636", "800702", "800711")


def test_no_form_ids_mean_all_forms():
    assert parse_form_ids("") == ()
    assert parse_form_ids("  \n") == ()


def test_a_form_id_that_is_named_twice_counts_once():
    assert parse_form_ids("800636,800702, 800636") == ("800636", "800702")


def test_every_impossible_form_id_is_named_with_its_place():
    error = complaint(parse_form_ids, "800636,,8 0")
    assert error.name == "FormIds"
    assert "“” (2), “8 0” (3)" in error.message.text()
    assert "800636 " not in error.message.text()


@pytest.mark.parametrize("text", [",", "800636,", "../800636", ".hidden", "800636;800702", "æ", "x" * 65])
def test_what_can_be_no_form_id_is_refused(text):
    complaint(parse_form_ids, text)


@given(st.lists(st.from_regex(r"[A-Za-z0-9_\-][A-Za-z0-9._\-]{0,63}", fullmatch=True), min_size=1, unique=True))
def test_any_form_ids_come_back_in_their_order(form_ids):
    assert parse_form_ids(" , ".join(form_ids)) == tuple(form_ids)


@pytest.mark.parametrize("text", ["60", " 300 ", "+61"])
def test_a_usual_interval_is_taken_without_a_word(text):
    assert parse_watch_interval(text).warning.template == ""


@pytest.mark.parametrize(("text", "seconds"), [("1", 1), ("59", 59), ("301", 301), ("86400", 86400)])
def test_an_unusual_interval_is_taken_with_a_warning(text, seconds):
    interval = parse_watch_interval(text)
    assert interval.seconds == seconds
    assert interval.warning.template


@pytest.mark.parametrize("text", ["0", "-5", "", "60.5", "1e2", "a minute", "6 0", "٦٠", "9" * 30, "99999999999"])
def test_an_interval_that_is_no_positive_whole_number_is_refused(text):
    assert complaint(parse_watch_interval, text).name == "WatchInterval"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://forms.example.dk/interact", "https://forms.example.dk/interact"),
        ("  https://forms.example.dk:8443/interact// ", "https://forms.example.dk:8443/interact"),
        ("https://93.184.216.34/", "https://93.184.216.34"),
        ("https://[2606:2800:220:1::1]:8443/a/b", "https://[2606:2800:220:1::1]:8443/a/b"),
        ("https://Forms.Example.dk/Interact", "https://Forms.Example.dk/Interact"),
    ],
)
def test_an_https_address_is_taken_as_typed_without_its_closing_slash(text, url):
    assert parse_url(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "forms.example.dk",
        "ftp://forms.example.dk",
        "https://",
        "https:///path",
        "https://user@forms.example.dk",
        "https://user:word@forms.example.dk",
        "https://@forms.example.dk",
        "https://forms.example.dk/?a=1",
        "https://forms.example.dk/?",
        "https://forms.example.dk/#top",
        "https://forms.example.dk:0/",
        "https://forms.example.dk:99999/",
        "https://forms.example.dk:port/",
        "https://forms .example.dk",
        "https://forms.example.dk/\u200e",
        "https://forms.example.dk\\@evil.example",
        "https://forms.example.dk/../admin",
        "https://[::1",
        "https://169.254.169.254/latest",
        "https://[fe80::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://[2002:a9fe:a9fe::1]/",
        "https://[fd00:ec2::254]/",
        "https://100.100.100.200/",
        "https://255.255.255.255/",
        "https://2852039166/",
        "https://0xa9fea9fe/",
        "https://0251.0376.0251.0376/",
        "https://127.1/",
        "https://169.254.169.254./",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://økonomi.example.dk/",
    ],
)
def test_what_can_be_no_address_of_a_form_service_is_refused(text):
    assert complaint(parse_url, text).name == "Url"


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("10.1.2.3", "10.1.0.0/16"),
        ("192.168.7.7", "192.168.7.0/24"),
        ("172.16.0.1", "172.16.0.0/12"),
        ("100.64.1.1", "100.64.0.0/10"),
        ("[fd12:3456::1]", "fd12:3456::/32"),
        ("[::ffff:10.1.2.3]", "10.0.0.0/8"),
        ("127.0.0.1", "127.0.0.0/8"),
    ],
)
def test_an_internal_address_must_lie_in_a_network_that_is_allowed(host, network):
    url = f"https://{host}/interact"
    for others in ((), (ip_network("10.2.0.0/16"),)):
        refused = complaint(parse_url, url, networks=others)
        assert "FORMCASE_INTERACT_NETWORKS" in refused.message.text()
    assert parse_url(url, networks=(ip_network(network),)) == url


def test_what_is_impossible_is_refused_whatever_is_allowed():
    everything = (ip_network("0.0.0.0/0"), ip_network("::/0"))
    for host in ("169.254.169.254", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "0.0.0.0", "168.63.129.16"):
        complaint(parse_url, f"https://{host}/", networks=everything)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "[::1]"])
def test_plain_http_needs_both_this_machine_and_the_setting(host):
    url = f"http://{host}:8001/interact"
    assert "FORMCASE_INTERACT_ALLOW_LOOPBACK_HTTP" in complaint(parse_url, url).message.text()
    assert parse_url(url, allow_loopback_http=True) == url


@pytest.mark.parametrize("host", ["forms.example.dk", "10.0.0.1", "localhost.example.dk", "127.0.0.1.example.dk"])
def test_plain_http_to_another_machine_is_refused_whatever_the_setting(host):
    complaint(parse_url, f"http://{host}/", allow_loopback_http=True)


def test_a_client_id_loses_the_blanks_around_it():
    assert parse_client_id(" 4f2c-client ") == "4f2c-client"


@pytest.mark.parametrize("text", ["", "  ", "client\u200eid", "klient-ø", "a\nb", "x" * 256])
def test_what_can_be_no_client_id_is_refused(text):
    assert complaint(parse_client_id, text).name == "ClientId"


SHA1 = "0123456789abcdef0123456789abcdef01234567"


@given(st.lists(st.sampled_from([" ", ":", "\u200e", "\u200b", "\ufeff", "\t", "\u00a0", "\u2066"]), min_size=40))
def test_no_decoration_changes_a_thumbprint(decorations):
    decorated = "".join(decoration + digit for decoration, digit in zip(decorations, SHA1.upper(), strict=False))
    assert parse_certificate_thumbprint(decorated[: 2 * 40]) == SHA1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("\u200e", "empty"),
        (SHA1[:-1], "39 digits"),
        (SHA1 * 2, "80 digits"),
        ("g" + SHA1[1:], "“g” at place 1"),
        (SHA1[:-1] + "O", "“o” at place 40"),
    ],
)
def test_a_malformed_thumbprint_says_what_is_wrong_with_it(text, says):
    error = complaint(parse_certificate_thumbprint, text)
    assert error.name == "CertificateThumbprint"
    assert says in error.message.text()
