from articles.models import Section


def bodies(article):
    return dict(Section.objects.filter(article=article).values_list("title", "body"))
